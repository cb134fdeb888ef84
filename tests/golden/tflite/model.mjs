// Reads the parts of a .tflite file that reference.mjs needs. FlatBuffers by hand (google/flatbuffers,
// "FlatBuffer Internals"), field numbers from the schema (src/graph/tflite.fbs): neither our reader nor a
// generated one, so that a fault in them cannot hide here. The file is trusted: nothing is checked.

class Table {
  constructor(view, at) {
    this.view = view;
    this.at = at;
  }

  /** Where field `id` begins; 0 where the file leaves it out. */
  #field(id) {
    const vtable = this.at - this.view.getInt32(this.at, true);
    if (4 + 2 * id >= this.view.getUint16(vtable, true)) return 0;
    const offset = this.view.getUint16(vtable + 4 + 2 * id, true);
    return offset === 0 ? 0 : this.at + offset;
  }

  #follow(at) {
    return at + this.view.getUint32(at, true);
  }

  int8(id, missing = 0) {
    const at = this.#field(id);
    return at === 0 ? missing : this.view.getInt8(at);
  }
  int32(id, missing = 0) {
    const at = this.#field(id);
    return at === 0 ? missing : this.view.getInt32(at, true);
  }
  float32(id, missing = 0) {
    const at = this.#field(id);
    return at === 0 ? missing : this.view.getFloat32(at, true);
  }
  table(id) {
    const at = this.#field(id);
    return at === 0 ? null : new Table(this.view, this.#follow(at));
  }

  /** `read(view, at)` of every element of a vector, `size` bytes apart; [] where the vector is missing. */
  #vector(id, size, read) {
    const at = this.#field(id);
    if (at === 0) return [];
    const start = this.#follow(at);
    const length = this.view.getUint32(start, true);
    return Array.from({ length }, (_, i) => read(start + 4 + size * i));
  }
  int32s(id) {
    return this.#vector(id, 4, (at) => this.view.getInt32(at, true));
  }
  float32s(id) {
    return this.#vector(id, 4, (at) => this.view.getFloat32(at, true));
  }
  int64s(id) {
    return this.#vector(id, 8, (at) => Number(this.view.getBigInt64(at, true)));
  }
  text(id) {
    const at = this.#field(id);
    if (at === 0) return '';
    const start = this.#follow(at);
    const bytes = new Uint8Array(this.view.buffer, this.view.byteOffset + start + 4, this.view.getUint32(start, true));
    return new TextDecoder().decode(bytes);
  }
  bytes(id) {
    return Uint8Array.from(this.#vector(id, 1, (at) => this.view.getUint8(at)));
  }
  tables(id) {
    return this.#vector(id, 4, (at) => new Table(this.view, this.#follow(at)));
  }
}

const TYPES = { 0: 'float32', 2: 'int32', 3: 'uint8', 9: 'int8', 13: 'resource' };
const OPERATORS = {
  0: 'ADD', 1: 'AVERAGE_POOL_2D', 2: 'CONCATENATION', 3: 'CONV_2D', 4: 'DEPTHWISE_CONV_2D',
  9: 'FULLY_CONNECTED', 14: 'LOGISTIC', 17: 'MAX_POOL_2D', 18: 'MUL', 19: 'RELU', 21: 'RELU6', 22: 'RESHAPE',
  25: 'SOFTMAX', 34: 'PAD', 40: 'MEAN', 42: 'DIV', 45: 'STRIDED_SLICE', 50: 'LOG_SOFTMAX', 114: 'QUANTIZE',
  129: 'CALL_ONCE', 142: 'VAR_HANDLE', 143: 'READ_VARIABLE', 144: 'ASSIGN_VARIABLE',
};
const ACTIVATIONS = { 0: 'NONE', 1: 'RELU', 3: 'RELU6' };

/** What an operator's options say, by the schema's table for it. */
function optionsOf(name, options) {
  const activation = (id) => ACTIVATIONS[options.int8(id)];
  const window = () => ({ same: options.int8(0) === 0, strideW: options.int32(1), strideH: options.int32(2) });
  const dilation = (id) => ({ dilationW: options.int32(id, 1), dilationH: options.int32(id + 1, 1) });
  switch (name) {
    case 'CONV_2D':
      return { ...window(), ...dilation(4), activation: activation(3) };
    case 'DEPTHWISE_CONV_2D':
      return { ...window(), ...dilation(5), activation: activation(4) };
    case 'AVERAGE_POOL_2D':
    case 'MAX_POOL_2D':
      return { ...window(), filterW: options.int32(3), filterH: options.int32(4), activation: activation(5) };
    case 'FULLY_CONNECTED':
    case 'ADD':
    case 'MUL':
    case 'DIV':
      return { activation: activation(0) };
    case 'CONCATENATION':
      return { axis: options.int32(0) };
    case 'CALL_ONCE':
      return { subgraph: options.int32(0) };
    case 'VAR_HANDLE':
      return { variable: JSON.stringify([options.text(0), options.text(1)]) };
    case 'SOFTMAX':
      return { beta: options.float32(0) };
    default:
      return {};
  }
}

/** Values of a constant tensor; null for an activation. */
function valuesOf(type, bytes) {
  if (bytes.length === 0) return null;
  if (type === 'int32') return new Int32Array(bytes.buffer);
  return type === 'int8' ? new Int8Array(bytes.buffer) : bytes;
}

function readGraph(graph, codes, buffers) {
  const tensors = graph.tables(0).map((tensor) => {
    const quantisation = tensor.table(4);
    const type = TYPES[tensor.int8(1)];
    return {
      shape: tensor.int32s(0),
      type,
      scales: quantisation?.float32s(2) ?? [],
      zeroPoint: quantisation?.int64s(3)[0] ?? 0,
      values: valuesOf(type, buffers[tensor.int32(2)]),
    };
  });
  const operators = graph.tables(3).map((operator) => {
    const code = codes[operator.int32(0)];
    const name = OPERATORS[code];
    if (name === undefined) throw new Error(`operator code ${code} is not implemented here`);
    const options = operator.table(4);
    return {
      name,
      inputs: operator.int32s(1),
      outputs: operator.int32s(2),
      ...(options === null ? {} : optionsOf(name, options)),
    };
  });
  return { tensors, operators, inputs: graph.int32s(1), outputs: graph.int32s(2) };
}

/** All subgraphs; the first is the model itself. */
export function readModel(file) {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const model = new Table(view, view.getUint32(0, true));
  const codes = model.tables(1).map((code) => Math.max(code.int8(0), code.int32(3)));
  const buffers = model.tables(4).map((buffer) => buffer.bytes(0));
  return model.tables(2).map((graph) => readGraph(graph, codes, buffers));
}
