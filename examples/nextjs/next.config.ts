import path from "node:path";
import type { NextConfig } from "next";

const headers = [
  { key: "X-Content-Type-Options", value: "nosniff" },
  { key: "X-Frame-Options", value: "DENY" },
  { key: "Referrer-Policy", value: "same-origin" },
  { key: "Permissions-Policy", value: "camera=(), geolocation=(), microphone=()" },
  { key: "Cross-Origin-Opener-Policy", value: "same-origin" },
];

const config: NextConfig = {
  poweredByHeader: false,
  // The client lives in this repository, above this folder.
  turbopack: { root: path.resolve(import.meta.dirname, "../..") },
  // The Content-Security-Policy is in proxy.ts, because it differs from answer to answer. What is
  // below /api gets its headers from the service.
  headers: async () => [{ source: "/((?!api/).*)", headers }],
};

export default config;
