import { createMemoryStore } from '../../simulator/memory-store.ts';
import { storeContract } from '../store/contract.ts';

storeContract('the store in memory', async (published) => {
  let ids = 0;
  const store = createMemoryStore(() => `id-${++ids}`);
  store.publish(published);
  return { store, close: async () => undefined };
});
