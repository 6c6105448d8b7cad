// The review page: the board, with orders carried to the server that gave the page.
import { mountBoard } from "./board.js";

async function ask(order) {
  const reply = await fetch("answer", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(order),
  });
  if (!reply.ok) {
    throw new Error(`the server refused (${reply.status}); open the address that it printed`);
  }
  return reply.json();
}

mountBoard(document.getElementById("board"), ask, {
  keysFrom: document,
  downloads: [["labels.csv", "CSV"], ["labels.jsonl", "JSON lines"], ["labels.parquet", "Parquet"]],
});
