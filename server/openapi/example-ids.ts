// Ids and tokens that stand in examples. The shop of tests/server/openapi.test.ts has them, since it counts its ids and stops
// its clock; where they come to differ, that test says what they are now.

export const exampleIds = {
  enrollmentOfU1: '019aa000-0000-7000-8000-000000000004',
  enrollmentOfU2: '019aa000-0000-7000-8000-00000000000e',
  enrollmentOfU3: '019aa000-0000-7000-8000-000000000016',
  enrollmentOfU4: '019aa000-0000-7000-8000-00000000001a',
  enrollmentOfU5: '019aa000-0000-7000-8000-00000000001e',
  enrollmentOfU6: '019aa000-0000-7000-8000-000000000022',
  enrollmentOfU7: '019aa000-0000-7000-8000-000000000026',
  conversationOfU1: '019aa000-0000-7000-8000-00000000002b',
  quarantined: '019aa000-0000-7000-8000-000000000007',
  versionOfWelcome: 'c0f1da73e4083e39',
  unsubscribeToken:
    '1.WyIwMTlhYTAwMC0wMDAwLTcwMDAtODAwMC0wMDAwMDAwMDAwMDEiLCJlbWFpbCIsIm1hcmtldGluZyJd.pPjW91xuwUUciSqbSUj3Uip9hRwz0zw8bW5TrzGQ73A',
  answerToken:
    '1.WyIwMTlhYTAwMC0wMDAwLTcwMDAtODAwMC0wMDAwMDAwMDAwMDQvMiIsIm5vIiwxNzk1OTE0MDAwXQ.cp_tMzhq1SZ8RJU3vRb9vJ_vLJRLketxZ2HZ8Shr72k',
  clickToken: '019aa000-0000-7000-8000-000000000004.1~0~MeXxhSwlYfOAdb4o9WvBLw',
  openToken: '019aa000-0000-7000-8000-000000000004.1~AfqlPW_XAszAnN92ar49nA',
  chatToken: '1.WyJicm93c2VyLTAxMjM0NTY3ODlhYmNkZWYiLDE3OTUzOTU2MDAwMDBd.E2ioWhlaa-9Q5WyRDK-FDopFSoS-OlyEy22kzvV0yOs',
};
