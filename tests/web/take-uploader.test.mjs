// SPDX-License-Identifier: Apache-2.0
// A take on its way to the controller, over lines that drop. The clock is turned by hand.
import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryTakeStore } from "../../controller/page/sound/take-store.js";
import { TakeUploader, waitMs } from "../../controller/page/sound/take-uploader.js";

const refusal = (status, message = `HTTP ${status}`) =>
  Object.assign(new Error(message), { status });

/** A controller that keeps what it is sent; `faults` are thrown first, one a call. */
function controller() {
  const takes = new Map();
  const self = {
    takes, faults: [], calls: [],
    fail(what) {
      self.calls.push(what);
      const fault = self.faults.shift();
      if (fault) throw fault;
    },
    transport: {
      async create() {
        self.fail("create");
        const id = `t${takes.size + 1}`;
        takes.set(id, { chunks: [], isFinished: false });
        return id;
      },
      async send(id, seq, bytes, mime, begins) {
        self.fail(`send ${seq}${begins ? " begins" : ""}`);
        const take = takes.get(id);
        if (!take) throw refusal(404);
        if (seq > take.chunks.length) throw refusal(409);
        if (seq === take.chunks.length) take.chunks.push(bytes);
        return { next: take.chunks.length };
      },
      async look(id) {
        self.fail("look");
        return { next: takes.get(id).chunks.length, recording: takes.get(id).recording ?? null };
      },
      async finish(id) {
        self.fail("finish");
        takes.get(id).isFinished = true;
        return { job: "j1" };
      },
    },
  };
  return self;
}

function handTimers() {
  let waiting = null;
  return {
    waits: [],
    setTimeout(action, ms) {
      this.waits.push(ms);
      waiting = action;
      return 1;
    },
    clearTimeout() { waiting = null; },
    fire() {
      const action = waiting;
      waiting = null;
      action();
    },
    get isWaiting() { return waiting !== null; },
  };
}

async function setUp(nChunks, { ended = true } = {}) {
  const store = memoryTakeStore();
  await store.add({ id: "a", title: "Chào", text: "", user: "ct", mime: "audio/webm", began_ms: 0,
    duration_ms: 0, n_chunks: 0, ended, server_id: null, next: 0, is_handed_over: false });
  for (let i = 0; i < nChunks; i++) await store.addChunk("a", i, `piece ${i}`, {});
  const server = controller();
  const timers = handTimers();
  const told = [];
  const uploader = new TakeUploader({ store, transport: server.transport, takeId: "a", timers,
    random: () => 1, onChange: (progress) => told.push(progress) });
  const until = async (isSo) => {
    for (let i = 0; i < 1000; i++) {
      if (isSo()) return;
      await null;
    }
    assert.fail(`never: ${isSo}; told ${JSON.stringify(told.at(-1))}`);
  };
  return { store, server, timers, told, uploader, until, state: () => told.at(-1)?.state };
}

test("a finished take arrives whole and in order", async () => {
  const t = await setUp(3);
  t.uploader.kick();
  await t.until(() => t.state() === "making");
  assert.deepEqual(t.server.calls, ["create", "send 0", "send 1", "send 2", "finish"]);
  assert.deepEqual(t.server.takes.get("t1").chunks, ["piece 0", "piece 1", "piece 2"]);
  assert.equal(t.told.at(-1).job, "j1");
});

test("the piece with which another recorder goes on says so", async () => {
  const t = await setUp(3);
  await t.store.update("a", { begins: [2] });
  t.uploader.kick();
  await t.until(() => t.state() === "making");
  assert.deepEqual(t.server.calls, ["create", "send 0", "send 1", "send 2 begins", "finish"]);
});

test("a take leaves the telephone only when there is a recording of it", async () => {
  const t = await setUp(1);
  t.uploader.kick();
  await t.until(() => t.state() === "making");
  assert.deepEqual(await t.store.chunks("a"), ["piece 0"]);
  t.uploader.kick(); // the making failed, or nobody knows: once more
  await t.until(() => t.server.calls.filter((call) => call === "finish").length === 2);
  await t.until(() => t.state() === "making");
  t.server.takes.get("t1").recording = "r1";
  t.uploader.kick();
  await t.until(() => t.state() === "done");
  assert.equal(t.told.at(-1).recording, "r1");
  assert.equal(await t.store.take("a"), null);
});

test("a take that is still being recorded is sent as far as it goes, and kept", async () => {
  const t = await setUp(2, { ended: false });
  t.uploader.kick();
  await t.until(() => t.state() === "idle");
  assert.equal((await t.store.take("a")).next, 2);
  assert.equal(t.server.takes.get("t1").isFinished, false);
  await t.store.addChunk("a", 2, "piece 2", {});
  t.uploader.kick();
  await t.until(() => t.server.takes.get("t1").chunks.length === 3);
  assert.equal(await t.store.chunk("a", 0), "piece 0");
});

test("a line that drops at every single call loses and doubles nothing", async () => {
  for (let at = 0; at < 5; at++) {
    const t = await setUp(3);
    t.server.faults = [...Array(at).fill(null), new TypeError("network")];
    t.uploader.kick();
    await t.until(() => t.timers.isWaiting);
    assert.equal(t.state(), "waiting");
    t.timers.fire();
    await t.until(() => t.state() === "making");
    assert.deepEqual(t.server.takes.get("t1").chunks, ["piece 0", "piece 1", "piece 2"]);
  }
});

test("an acknowledgement that was lost is made up for", async () => {
  const t = await setUp(2);
  const { send } = t.server.transport;
  let isLost = false;
  t.server.transport.send = async (...all) => {
    const answer = await send(...all);
    if (!isLost) {
      isLost = true;
      throw new TypeError("network");
    }
    return answer;
  };
  t.uploader.kick();
  await t.until(() => t.timers.isWaiting);
  t.timers.fire();
  await t.until(() => t.state() === "making");
  assert.deepEqual(t.server.takes.get("t1").chunks, ["piece 0", "piece 1"]);
});

test("it waits longer and longer, up to half a minute, and begins anew after a success", async () => {
  const t = await setUp(2);
  t.server.faults = Array(7).fill(new TypeError("network"));
  t.uploader.kick();
  for (let i = 0; i < 7; i++) {
    await t.until(() => t.timers.isWaiting);
    t.timers.fire();
  }
  await t.until(() => t.state() === "making");
  assert.deepEqual(t.timers.waits, [1000, 2000, 4000, 8000, 16000, 30000, 30000]);
  assert.equal(waitMs(1, () => 0), 500);
});

test("when the line comes back it does not sit out its wait", async () => {
  const t = await setUp(1);
  t.server.faults = [new TypeError("network")];
  t.uploader.kick();
  await t.until(() => t.timers.isWaiting);
  t.uploader.kick();
  await t.until(() => t.state() === "making");
});

test("a busy or full controller is asked again, and what it says is shown", async () => {
  for (const status of [408, 429, 500, 503, 507]) {
    const t = await setUp(1);
    t.server.faults = [refusal(status, "disk full")];
    t.uploader.kick();
    await t.until(() => t.timers.isWaiting);
    assert.equal(t.told.at(-1).message, "disk full");
    t.timers.fire();
    await t.until(() => t.state() === "making");
  }
});

test("a session that ended waits for somebody to sign in, and keeps the take", async () => {
  const t = await setUp(2);
  t.server.faults = [null, refusal(401)];
  t.uploader.kick();
  await t.until(() => t.state() === "sign-in");
  assert.equal(t.timers.isWaiting, false);
  t.uploader.kick();
  await t.until(() => t.state() === "making");
});

test("a refusal is told in the controller's words, and the take stays", async () => {
  for (const status of [400, 403, 413]) {
    const t = await setUp(2);
    t.server.faults = [null, refusal(status, "too long")];
    t.uploader.kick();
    await t.until(() => t.state() === "refused");
    assert.equal(t.told.at(-1).message, "too long");
    assert.deepEqual(await t.store.chunks("a"), ["piece 0", "piece 1"]);
  }
});

test("a controller that lost the take gets it again from the beginning", async () => {
  const t = await setUp(3, { ended: false });
  t.uploader.kick();
  await t.until(() => t.state() === "idle");
  t.server.takes.delete("t1");
  t.server.takes.set("other", {});
  await t.store.addChunk("a", 3, "piece 3", {});
  await t.store.update("a", { ended: true });
  t.uploader.kick();
  await t.until(() => t.state() === "making");
  assert.equal(t.server.takes.get("t2").chunks.length, 4);
});

test("a controller that is behind is asked where it stands", async () => {
  const t = await setUp(3, { ended: false });
  t.uploader.kick();
  await t.until(() => t.state() === "idle");
  t.server.takes.get("t1").chunks.length = 1;
  await t.store.addChunk("a", 3, "piece 3", {});
  t.uploader.kick();
  await t.until(() => t.server.takes.get("t1").chunks.length === 4);
  assert.deepEqual(t.server.takes.get("t1").chunks, ["piece 0", "piece 1", "piece 2", "piece 3"]);
});

test("a controller that acknowledges nothing is not asked in a circle", async () => {
  const t = await setUp(1);
  t.server.transport.send = async () => {
    t.server.calls.push("send");
    return { next: 0 };
  };
  t.uploader.kick();
  await t.until(() => t.state() === "refused");
  assert.ok(t.server.calls.filter((call) => call === "send").length <= 4);
});

test("once stopped it sends nothing more", async () => {
  const t = await setUp(3);
  t.server.faults = [new TypeError("network")];
  t.uploader.kick();
  await t.until(() => t.timers.isWaiting);
  t.uploader.stop();
  t.uploader.kick();
  for (let i = 0; i < 50; i++) await null;
  assert.deepEqual(t.server.calls, ["create"]);
});
