// run: runs WebAssembly firmware in Node as QEMU runs the others. `node run.mjs firmware.wasm`, in a folder
// with "inputs", writes "outputs", or "fault". Serves the semihosting calls of machine.h.
import { openSync, readFileSync, readSync, writeFileSync, writeSync } from 'node:fs';

const SYS_OPEN = 0x01, SYS_WRITE = 0x05, SYS_READ = 0x06, SYS_EXIT_EXTENDED = 0x20;
const MODE_READ = 1, END_FAULT = 2;

let memory;

function bytesAt(address, count) {
  return new Uint8Array(memory.buffer, address, count);
}

// Repeats short reads or writes; returns the number of bytes that could not be transferred.
function transfer(step, handle, bytes) {
  let done = 0;
  while (done < bytes.length) {
    const now = step(handle, bytes, done, bytes.length - done);
    if (now === 0) break;
    done += now;
  }
  return bytes.length - done;
}

function semihost(operation, address) {
  const [first, second, third] = new Uint32Array(memory.buffer, address, 3);
  switch (operation) {
    case SYS_OPEN:
      return openSync(new TextDecoder().decode(bytesAt(first, third)), second === MODE_READ ? 'r' : 'w');
    case SYS_READ:
      return transfer(readSync, first, bytesAt(second, third));
    case SYS_WRITE:
      return transfer(writeSync, first, bytesAt(second, third));
    case SYS_EXIT_EXTENDED:
      return process.exit(second);
    default:
      return -1;
  }
}

const { instance } = await WebAssembly.instantiate(readFileSync(process.argv[2]), { host: { semihost } });
memory = instance.exports.memory;
try {
  instance.exports.harness();
} catch (error) {
  if (!(error instanceof WebAssembly.RuntimeError)) throw error;
  const [, name] = /at (?:\S+\.)?(\w+) \(wasm:/.exec(error.stack) ?? [];
  writeFileSync('fault', name ? `${error.message}, in ${name}` : error.message);
  process.exit(END_FAULT);
}
