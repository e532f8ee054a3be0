import type { Metadata, Viewport } from "next";
import { connection } from "next/server";
import type { ReactNode } from "react";
import { Header } from "@/components/header";
import { Session } from "@/components/session";
import "./globals.css";

export const metadata: Metadata = {
  title: { default: "Parcel", template: "%s · Parcel" },
  description: "An example: orders, for those who are signed in.",
};

export const viewport: Viewport = { colorScheme: "light dark" };

export default async function Layout({ children }: { children: ReactNode }) {
  // Rendered for each request, because each has a nonce of its own.
  await connection();
  return (
    <html lang="en">
      <body>
        <a className="skip" href="#main">
          Skip to the page
        </a>
        <Header />
        <main id="main" tabIndex={-1}>
          <Session>{children}</Session>
        </main>
      </body>
    </html>
  );
}
