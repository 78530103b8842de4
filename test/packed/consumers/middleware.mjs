import { createServer } from 'node:http';
import { withTraceHub } from '@tracehub/middleware/http';

const server = createServer(withTraceHub((_request, response) => response.end())).listen(0, '127.0.0.1', () =>
  console.log(`listening on http://127.0.0.1:${server.address().port}`),
);
