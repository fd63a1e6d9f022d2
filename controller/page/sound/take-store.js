// SPDX-License-Identifier: Apache-2.0
// What was recorded on this telephone and is not yet proven to lie on the controller.
//
// take = {id, title, text, mime, user, began_ms, duration_ms, n_chunks, ended,
//         begins (the chunks with which another recorder went on, after one was cut off),
//         server_id (null: the controller has not heard of it), next (first chunk it lacks),
//         is_handed_over (it has all of it, and was told to make a recording)}
//
// A take and its chunks stay until the controller has made a recording of it. Two parties write
// to a take, the recorder and the uploader: each change is one transaction, so neither undoes the
// other's.

const DATABASE = "loa-takes";
const VERSION = 1;

const settled = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

const committed = (transaction) => new Promise((resolve, reject) => {
  transaction.oncomplete = () => resolve();
  transaction.onabort = () => reject(transaction.error);
  transaction.onerror = () => reject(transaction.error);
});

async function openDatabase(factory) {
  const request = factory.open(DATABASE, VERSION);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("takes", { keyPath: "id" });
    request.result.createObjectStore("chunks", { keyPath: ["take", "seq"] });
  };
  return settled(request);
}

function storeOf(database) {
  const begin = (mode) => database.transaction(["takes", "chunks"], mode);
  const overflow = memoryTakeStore(); // what the disk would not take any more
  const chunksOf = (id) => IDBKeyRange.bound([id, 0], [id, Number.MAX_SAFE_INTEGER]);

  const changeTake = async (id, changes, chunk) => {
    const transaction = begin("readwrite");
    const takes = transaction.objectStore("takes");
    if (chunk) transaction.objectStore("chunks").put({ take: id, ...chunk });
    const request = takes.get(id);
    request.onsuccess = () => {
      if (request.result) takes.put({ ...request.result, ...changes });
    };
    await committed(transaction);
  };
  const read = async (id) =>
    (await settled(begin("readonly").objectStore("takes").get(id))) ?? null;

  return {
    isLasting: true,
    async takes() {
      const kept = await settled(begin("readonly").objectStore("takes").getAll());
      return Promise.all(kept.map(async (take) => (await overflow.take(take.id)) ?? take));
    },
    take: async (id) => (await overflow.take(id)) ?? read(id),
    async add(take) {
      const transaction = begin("readwrite");
      transaction.objectStore("takes").add(take);
      await committed(transaction);
    },
    /** Changes members of a take; of one that is gone: nothing. */
    async update(id, changes) {
      if (await overflow.take(id)) await overflow.update(id, changes);
      await changeTake(id, changes).catch(() => {});
    },
    /** → whether the chunk lies on the disk; if not, it is kept as long as the page lives. */
    async addChunk(id, seq, bytes, changes) {
      if (!(await overflow.take(id))) {
        try {
          await changeTake(id, { ...changes, n_chunks: seq + 1 }, { seq, bytes });
          return true;
        } catch {
          const take = await read(id);
          if (take === null) return true;
          await overflow.add(take);
        }
      }
      await overflow.addChunk(id, seq, bytes, changes);
      return false;
    },
    async chunk(id, seq) {
      const found = await settled(begin("readonly").objectStore("chunks").get([id, seq]));
      return found?.bytes ?? overflow.chunk(id, seq);
    },
    async chunks(id) {
      const found = await settled(begin("readonly").objectStore("chunks").getAll(chunksOf(id)));
      const late = (await overflow.chunks(id)).filter((bytes) => bytes !== undefined);
      return [...found.map((chunk) => chunk.bytes), ...late];
    },
    async remove(id) {
      await overflow.remove(id);
      const transaction = begin("readwrite");
      transaction.objectStore("takes").delete(id);
      transaction.objectStore("chunks").delete(chunksOf(id));
      await committed(transaction);
    },
  };
}

/** The same, as long as the page lives: for browsers that keep nothing (private windows). */
export function memoryTakeStore() {
  const takes = new Map();
  const chunks = new Map();

  return {
    isLasting: false,
    takes: async () => [...takes.values()].map((take) => ({ ...take })),
    take: async (id) => (takes.has(id) ? { ...takes.get(id) } : null),
    async add(take) {
      takes.set(take.id, { ...take });
      chunks.set(take.id, []);
    },
    async update(id, changes) {
      if (takes.has(id)) Object.assign(takes.get(id), changes);
    },
    async addChunk(id, seq, bytes, changes) {
      if (!takes.has(id)) return true;
      chunks.get(id)[seq] = bytes;
      Object.assign(takes.get(id), changes, { n_chunks: seq + 1 });
      return false;
    },
    chunk: async (id, seq) => chunks.get(id)?.[seq] ?? null,
    chunks: async (id) => [...(chunks.get(id) ?? [])],
    async remove(id) {
      takes.delete(id);
      chunks.delete(id);
    },
  };
}

export async function openTakeStore(factory = globalThis.indexedDB) {
  try {
    return storeOf(await openDatabase(factory));
  } catch {
    return memoryTakeStore();
  }
}
