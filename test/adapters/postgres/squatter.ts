import { createServer } from 'node:net';

/** Sits on the port in argv[2] until it is killed. */
createServer().listen(Number(process.argv[2]), '127.0.0.1', () => process.stdout.write('listening\n'));
