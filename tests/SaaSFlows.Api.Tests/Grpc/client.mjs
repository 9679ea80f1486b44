// The official client library as the other side of the tests: one JSON line in per call, one out per message and one at its end.
import { createInterface } from 'node:readline';
import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';

const [address, ...files] = process.argv.slice(2);
const options = { keepCase: true, longs: Number, enums: String, defaults: true, oneofs: true };
const services = grpc.loadPackageDefinition(loader.loadSync(files, options));
const plain = { 'grpc.max_send_message_length': -1 };
const gzip = { ...plain, 'grpc.default_compression_algorithm': grpc.compressionAlgorithms.gzip };
const connect = (name, settings) => {
  const Service = name.split('.').reduce((scope, part) => scope[part], services);
  return new Service(address, grpc.credentials.createInsecure(), settings);
};
const clients = new Map();
const calls = new Map();
const say = (line) => process.stdout.write(JSON.stringify(line) + '\n');

function start({ id, service, method, request, metadata, deadline, compress, pause }) {
  const key = `${service} ${compress}`;
  if (!clients.has(key)) clients.set(key, connect(service, compress ? gzip : plain));
  const client = clients.get(key);
  const sent = new grpc.Metadata();
  Object.entries(metadata).forEach(([name, value]) => sent.set(name, value));
  const definition = client[method] ?? Object.values(Object.getPrototypeOf(client))[0];
  const path = client[method] ? definition.path : `/${service}/${method}`;
  const settings = deadline ? { deadline: Date.now() + deadline } : {};
  // As a server stream also where one message comes: both are the same on the wire, and so all tests read calls alike.
  const call = client.makeServerStreamRequest(path, definition.requestSerialize, definition.responseDeserialize, request, sent, settings);
  calls.set(id, call);
  if (pause) call.pause();
  else call.on('data', (message) => say({ id, message }));
  call.on('error', () => {});
  call.on('status', ({ code, details, metadata: trailers }) => {
    calls.delete(id);
    say({ id, code, details, trailers: trailers.getMap() });
  });
}

createInterface({ input: process.stdin }).on('line', (line) => {
  const command = JSON.parse(line);
  if (command.cancel) calls.get(command.id)?.cancel();
  else start(command);
}).on('close', () => process.exit(0));
say({ ready: true });
