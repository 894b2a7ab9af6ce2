// Stamps: which tenant a call works for, on every call inside; and an end to all that one tenant has asked for.
import { chord, createRuntime } from 'celeriac'
import { collect, resize } from './tasks.js'

const runtime = createRuntime({ threads: 2 })
const gallery = (...names) =>
  chord(
    names.map((name) => resize.s(name)),
    collect.s(),
  )

// Celery: sig.stamp(tenant='acme', request=1)
console.log(await runtime.run(gallery('a.png', 'b.png').stamp({ tenant: 'acme', request: 1 })))

// Celery: sig.stamp(tenant='globex', append_stamps=True). The newest comes first.
const shared = gallery('c.png').stamp({ tenant: 'acme', request: 2 })
console.log(await runtime.run(shared.stamp({ tenant: 'globex' }, { append: true })))

// A visitor decides call by call.
const visitor = {
  onSignature: (signature) => ({ tenant: signature.args[0] === 'd.png' ? 'acme' : 'globex', request: 3 }),
}
console.log(await runtime.run(gallery('d.png', 'e.png').stamp(visitor)))

// Celery: app.control.revoke_by_stamped_headers({'tenant': 'acme'})
const later = { countdown: 60_000 }
const acme = runtime.apply(gallery('f.png', 'g.png').stamp({ tenant: 'acme', request: 4 }), later)
const globex = runtime.apply(gallery('h.png').stamp({ tenant: 'globex', request: 5 }), later)
console.log('revoked:', runtime.revokeByStamps({ tenant: 'acme' }), 'calls')
console.log('acme:', acme.state, '- globex:', globex.state)

await runtime.close({ drain: false })
