// The little of HTTP that both services need.
import { createServer } from 'node:http';

/** Serves routes, each as 'METHOD /path': async (body, headers) => [status, reply]. Ends in good order on SIGTERM and SIGINT. */
export function serve(port, routes, close) {
  const server = createServer(async (request, response) => {
    let status = 404, reply = { problem: 'there is nothing here' };
    try {
      const route = routes[`${request.method} ${request.url.split('?')[0]}`];
      let text = '';
      for await (const part of request) text += part;
      if (route) [status, reply] = await route(text ? JSON.parse(text) : null, request.headers);
    } catch (error) {
      [status, reply] = error instanceof SyntaxError ? [400, { problem: 'the body is no JSON' }] : [503, { problem: error.message }];
    }

    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(reply));
  });
  server.listen(port, '127.0.0.1', () => console.log(`listening on ${port}`));
  for (const signal of ['SIGTERM', 'SIGINT']) {
    process.on(signal, () => {
      close();
      process.exit(0);
    });
  }
}
