import type { Metadata } from "next";
import { Gate } from "@/components/gate";
import { Orders } from "@/components/orders";

export const metadata: Metadata = { title: "Orders" };

export default function Page() {
  return (
    <Gate>
      <Orders />
    </Gate>
  );
}
