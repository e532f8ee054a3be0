// What needs no browser: words, places, programs.

import assert from "node:assert/strict";
import test from "node:test";

import { link, read } from "../../src/console/assets/place.js";
import { distance, program } from "../../src/console/assets/spell.js";
import { end, reason, tone } from "../../src/console/assets/words.js";

test("a place is read as it was written", () => {
  for (const [path, query] of [
    [["users"], {}],
    [["users"], { search: "ann b & c=d#é?", role: "ADMIN" }],
    [["users", "a/b?c#d%"], {}],
    [["audit"], { since: "2026-11-26T09:30" }],
  ]) {
    assert.deepEqual(read(link(path, query)), { path, query });
  }
  assert.equal(link(["users"], { search: "", role: undefined, state: "enabled" }), "#/users?state=enabled");
});

test("a place that somebody mangled is still a place", () => {
  assert.deepEqual(read(""), { path: [], query: {} });
  assert.deepEqual(read("#/users/%zz?x"), { path: ["users", "%zz"], query: { x: "" } });
  assert.deepEqual(read("#//users//"), { path: ["users"], query: {} });
});

test("a distance is told in its largest unit", () => {
  for (const [seconds, words] of [
    [0, "just now"], [-59, "just now"], [30, "in a moment"], [-60, "1 minute ago"], [-3_599, "59 minutes ago"],
    [-3_600, "1 hour ago"], [-86_400, "yesterday"], [7 * 86_400, "in 7 days"], [-40 * 86_400, "last month"], [800 * 86_400, "in 2 years"],
  ]) {
    assert.equal(distance(seconds * 1000), words, `${seconds} s`);
  }
});

test("a program is known by its name and its system", () => {
  for (const [agent, name] of [
    ["Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36", "Chrome 150 on Linux"],
    ["Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36 Edg/150.0.0.0", "Edge 150 on Windows"],
    ["Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox 140 on macOS"],
    ["Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1", "Safari 18 on iOS"],
    ["curl/8.0", "curl/8.0"],
    ["<script>alert(1)</script>", "<script>alert(1)</script>"],
    [undefined, "Unknown program"],
    ["x".repeat(100), `${"x".repeat(60)}…`],
  ]) {
    assert.equal(program(agent), name);
  }
});

test("what names the session ended it, before what ended the others of its user", () => {
  const login = { kind: "login_succeeded", sessionId: "s" };
  const logout = { kind: "session_ended", cause: "logout", sessionId: "s" };
  const disabled = { kind: "user_disabled", sessionId: null };
  const own = { kind: "password_changed", sessionId: "s" };
  const others = { kind: "password_changed", sessionId: "t" };
  const reuse = { kind: "refresh_reused", cause: "reuse", sessionId: "s" };
  for (const [events, expected] of [
    [[], undefined],
    [[login], undefined],
    [[disabled, logout, login], logout],
    [[logout, disabled, login], logout],
    [[disabled, others, login], others],
    [[disabled, own, login], disabled],
    [[own, login], undefined],
    [[reuse, login], reuse],
  ]) {
    assert.equal(end(events, "s"), expected);
  }
  assert.equal(reason(logout), "Its user signed out.");
  assert.match(reason(reuse), /may be a thief/);
  assert.equal(reason({ kind: "session_ended", cause: "of_tomorrow" }), "See below.");
});

test("an alarm looks like one", () => {
  assert.deepEqual(["refresh_reused", "login_failed", "login_succeeded"].map(tone), ["alarm", "refusal", "plain"]);
});
