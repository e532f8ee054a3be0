// Spans of time and programs, in words.

const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const UNITS = [["year", 31_536_000], ["month", 2_592_000], ["day", 86_400], ["hour", 3_600], ["minute", 60]];

/** A span of milliseconds in words: "3 minutes ago". */
export function distance(millis) {
  const seconds = Math.round(millis / 1000);
  const [unit, length] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? ["second", 1];
  return unit === "second" ? (seconds <= 0 ? "just now" : "in a moment") : relative.format(Math.trunc(seconds / length), unit);
}

const BROWSERS = [[/\bEdg\w*\/(\d+)/, "Edge"], [/\bOPR\/(\d+)/, "Opera"], [/\bFirefox\/(\d+)/, "Firefox"],
  [/\b(?:Headless)?Chrome\/(\d+)/, "Chrome"], [/\bVersion\/(\d+).*\bSafari\//, "Safari"]];
const SYSTEMS = [[/\bWindows\b/, "Windows"], [/\biPhone\b|\biPad\b/, "iOS"], [/\bAndroid\b/, "Android"],
  [/\bMac OS X\b/, "macOS"], [/\bCrOS\b/, "ChromeOS"], [/\bLinux\b/, "Linux"]];

/** The program that a user agent says it is. Anyone may say anything: it is for recognising, no proof. */
export function program(agent) {
  if (!agent) return "Unknown program";
  const system = SYSTEMS.find(([pattern]) => pattern.test(agent));
  for (const [pattern, name] of BROWSERS) {
    const version = agent.match(pattern)?.[1];
    if (version) return `${name} ${version}${system ? ` on ${system[1]}` : ""}`;
  }
  return agent.length > 60 ? `${agent.slice(0, 60)}…` : agent;
}
