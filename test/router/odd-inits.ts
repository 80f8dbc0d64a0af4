const closed = (): object => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};

/** What a caller may give in the place of the facts that come with a call. */
export const oddInits: Readonly<Record<string, unknown>> = {
  'nothing but null': null,
  'a signal that is null, as `fetch` takes it': { signal: null },
  'a signal that throws when it is looked at': { signal: closed() },
  'a signal that is none': { signal: {} },
  'a signal that nobody can leave': {
    signal: { aborted: false, addEventListener: () => undefined },
  },
  'fields of its own': { gone: true, scope: 'tenant:acme', whenLeft: 'never', wantsHeadAlone: 1 },
  'an id that no text can be made of': { requestId: Object.create(null) },
};
