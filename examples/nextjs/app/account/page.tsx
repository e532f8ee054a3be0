import type { Metadata } from "next";
import { Account } from "@/components/account";
import { Gate } from "@/components/gate";

export const metadata: Metadata = { title: "Account" };

export default function Page() {
  return (
    <Gate>
      <Account />
    </Gate>
  );
}
