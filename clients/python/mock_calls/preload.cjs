// Leads the TLS connections of Node to the proxy of HTTPS_PROXY, as newer versions do themselves.
'use strict';

const net = require('node:net');
const tls = require('node:tls');
const { Duplex } = require('node:stream');

const HEAD_LIMIT = 65_536; // bytes of the response to CONNECT
const HEAD_END = '\r\n\r\n';
const proxy = process.env.HTTPS_PROXY ? new URL(process.env.HTTPS_PROXY) : null;
const direct = (process.env.NO_PROXY || '')
  .toLowerCase()
  .split(',')
  .map((entry) => entry.trim().replace(/^\*?\./, ''))
  .filter(Boolean);

// Whether connections to a host go there without the proxy.
function isDirect(host) {
  return direct.some((entry) => host === entry || host.endsWith(`.${entry}`));
}

// The bytes of a connection through the proxy; what is written waits until the tunnel is open.
class Tunnel extends Duplex {
  constructor(target) {
    super();
    this.isOpen = false;
    this.head = Buffer.alloc(0);
    this.waiting = null;
    const host = proxy.hostname.replace(/^\[|\]$/g, '');
    this.inner = net.connect({ host, port: Number(proxy.port || 80) });
    this.inner.setNoDelay(true);
    this.inner.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}${HEAD_END}`);
    this.inner.on('data', (data) => this.receive(data));
    this.inner.on('end', () => this.end_reading());
    this.inner.on('error', (error) => this.destroy(error));
  }

  receive(data) {
    if (this.isOpen) {
      if (!this.push(data)) this.inner.pause();
      return;
    }
    this.head = Buffer.concat([this.head, data]);
    const end = this.head.indexOf(HEAD_END);
    if (end >= 0) this.open(this.head.subarray(0, end), this.head.subarray(end + HEAD_END.length));
    else if (this.head.length > HEAD_LIMIT) this.destroy(new Error('no response to CONNECT'));
  }

  open(head, rest) {
    const [line] = head.toString('latin1').split('\r\n');
    const [version, status] = line.split(' ', 2);
    if (status !== '200') {
      this.destroy(new Error(line.slice(version.length + 1)));
      return;
    }
    this.isOpen = true;
    if (rest.length) this.push(rest);
    if (this.waiting) this.waiting();
  }

  end_reading() {
    if (this.isOpen) this.push(null);
    else this.destroy(new Error('the proxy ended the connection'));
  }

  _write(data, _, done) {
    if (this.isOpen) this.inner.write(data, done);
    else this.waiting = () => this.inner.write(data, done);
  }

  _read() {
    this.inner.resume();
  }

  _final(done) {
    this.inner.end(done);
  }

  _destroy(error, done) {
    this.inner.destroy();
    done(error);
  }
}

// The options of the three forms of `tls.connect`: (options), (path, ...), (port, host, ...).
function optionsOf(words) {
  const last = words.filter((word) => word && typeof word === 'object').at(-1) || {};
  if (typeof words[0] === 'object') return last;
  const [first, second] = words;
  if (Number.isNaN(Number(first))) return { ...last, path: first };
  return { ...last, port: Number(first), host: typeof second === 'string' ? second : last.host };
}

const connect = tls.connect;

function connectByProxy(...words) {
  const options = optionsOf(words);
  const host = String(options.host || options.hostname || 'localhost').toLowerCase();
  const isLed = !options.socket && !options.path && options.port && !isDirect(host);
  if (!isLed) return connect.apply(this, words);
  const target = `${host.includes(':') ? `[${host}]` : host}:${options.port}`;
  const tunnel = new Tunnel(target);
  const done = words.find((word) => typeof word === 'function');
  const servername = options.servername ?? (net.isIP(host) ? '' : host);
  const socket = connect.call(this, { ...options, host, servername, socket: tunnel }, done);
  socket.ref = () => (tunnel.inner.ref(), socket);
  socket.unref = () => (tunnel.inner.unref(), socket);
  return socket;
}

if (proxy) tls.connect = connectByProxy;
