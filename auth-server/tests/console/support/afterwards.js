// What a test leaves behind.

const left = new WeakMap();

/** Has `undo` done when the test is over; the last that was asked for comes first, so that a page is gone before its server. */
export function afterwards(test, undo) {
  if (!left.has(test)) {
    left.set(test, []);
    test.after(async () => {
      const outcomes = [];
      for (const each of left.get(test).reverse()) outcomes.push(...await Promise.allSettled([each()]));
      const failed = outcomes.find(({ status }) => status === "rejected");
      if (failed) throw failed.reason;
    });
  }
  left.get(test).push(undo);
}
