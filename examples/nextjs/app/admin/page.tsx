import type { Metadata } from "next";
import { Gate } from "@/components/gate";
import { Users } from "@/components/users";

export const metadata: Metadata = { title: "Users" };

export default function Page() {
  return (
    <Gate>
      <Users />
    </Gate>
  );
}
