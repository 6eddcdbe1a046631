import Fastify from 'fastify'

/** The yardstick: Fastify as it comes, answering each JSON body with itself. Its argument is a port, any free one else. */
const app = Fastify()
app.post('/echo', (request) => request.body)
await app.listen({ host: '127.0.0.1', port: Number(process.argv[2] ?? 0) })
const address = app.server.address()
process.stdout.write(`ready http://127.0.0.1:${typeof address === 'object' ? address?.port : ''} in 0 ms\n`)
