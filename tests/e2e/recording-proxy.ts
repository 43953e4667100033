// A forward proxy that sees every request of a browser context: of the page,
// of its workers and of their workers, whatever the debugging protocol shows.
import http from "node:http";
import type { AddressInfo } from "node:net";

export class RecordingProxy {
  /** Every request since the start, "GET http://…" or "CONNECT host:port". */
  readonly requests: string[] = [];
  private constructor(private readonly server: http.Server) {}

  static async start(): Promise<RecordingProxy> {
    const server = http.createServer();
    const proxy = new RecordingProxy(server);
    server.on("request", (request, response) => proxy.pass(request, response));
    // https and web sockets ask for a tunnel: there is no reason for one.
    server.on("connect", (request, socket) => {
      proxy.requests.push(`CONNECT ${request.url}`);
      socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private pass(request: http.IncomingMessage, response: http.ServerResponse): void {
    this.requests.push(`${request.method} ${request.url}`);
    const { "proxy-connection": _, ...headers } = request.headers;
    const onward = http.request(request.url ?? "", { method: request.method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => response.writeHead(502).end());
    request.pipe(onward);
  }
}
