import { expect, test } from "vitest";
import { retryAfter } from "../src/wait.js";

const noon = Date.parse("2026-01-01T12:00:00Z");
const clock = { now: () => noon, elapsed: () => 0 };

test.each([
  ["7", 7],
  [" 0 ", 0],
  ["Thu, 01 Jan 2026 12:00:09 GMT", 9],
  ["Thu, 01 Jan 2026 11:00:00 GMT", 0],
  ["", undefined],
  ["-1", undefined],
  ["1.5", undefined],
  ["soon", undefined],
  [undefined, undefined],
])("Retry-After: %s is %s seconds", (said, seconds) => {
  expect(retryAfter(new Headers(said === undefined ? {} : { "Retry-After": said }), clock)).toBe(seconds);
});
