/**
 * Stands between the browser and the application: writes down what is asked, and loses answers.
 *
 * It is the origin that the browser knows.
 */
import { createServer, request } from "node:http";

export async function startRelay(target) {
  const seen = [];
  const losses = [];
  const server = createServer((asked, answer) => {
    const entry = { method: asked.method, path: asked.url, headers: asked.headers, status: undefined, lost: false };
    seen.push(entry);
    const loss = losses.findIndex((isMeant) => isMeant(entry));
    if (loss >= 0) losses.splice(loss, 1);
    const passed = request(target + asked.url, { method: asked.method, headers: asked.headers }, (answered) => {
      entry.status = answered.statusCode;
      entry.setCookie = answered.headers["set-cookie"];
      if (loss >= 0) {
        // The service has done its work; nobody hears of it.
        answered.resume().once("end", () => {
          entry.lost = true;
          asked.socket.destroy();
        });
        return;
      }
      answer.writeHead(answered.statusCode, answered.rawHeaders);
      answered.pipe(answer);
    });
    passed.on("error", () => asked.socket.destroy());
    answer.on("close", () => passed.destroy());
    asked.pipe(passed);
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    /** Every request since the start, in the order in which they came. */
    seen,
    /** Loses the answer of the next request that is meant. */
    loseNext: (isMeant) => losses.push(isMeant),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
