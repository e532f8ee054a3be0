/** Asks again and again until the answer is yes; gives that answer. */
export async function until(question, explain = () => String(question), patience = 60_000) {
  for (const deadline = Date.now() + patience; Date.now() < deadline; ) {
    const answer = await question();
    if (answer) return answer;
    await new Promise((passed) => setTimeout(passed, 50));
  }
  throw new Error(`it did not come true in ${patience / 1000} s: ${explain()}`);
}
