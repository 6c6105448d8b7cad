// The review widget: the board, with orders carried to the Python kernel. It stands behind board.js in one module.
function render({ model, el }) {
  const waiting = new Map();
  let count = 0;
  const heard = (message) => {
    const done = waiting.get(message.number);
    if (done) {
      waiting.delete(message.number);
      done(message.state);
    }
  };
  model.on("msg:custom", heard);
  const ask = (order) =>
    new Promise((done) => {
      count += 1;
      waiting.set(count, done);
      model.send({ number: count, order });
    });
  mountBoard(el, ask, { keysFrom: el, downloads: [] });
  return () => model.off("msg:custom", heard);
}

export default { render };
