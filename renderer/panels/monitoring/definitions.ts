/** What every number on the page means, for its hover. Other tools use other log bases, bins and fills. */
export const definitions = {
  requests: 'Requests answered in each window, per minute. The minute still running grows until it ends.',
  requestRate: 'Requests per minute, on average over the last five minutes.',
  statuses: 'Responses by HTTP status, per minute.',
  latency:
    'From the first byte of a request to the end of its answer, inside the deployment: half, 95 % and 99 % of the responses were faster. Read from a histogram with fixed bounds, so exact only to the bound’s width.',
  bandwidth: 'Bytes of request and response bodies, per second.',
  cpu: 'CPU time used divided by the time passed: 100 % is one core fully used.',
  memory: 'Resident memory at the end of each window, all processes of the deployment together.',
  versions:
    'Each version against the baseline of its own training data. A canary answers a share of the requests; a shadow is scored on copies of them and answers none, so its rows are not in the totals.',
  psi: 'Population stability index: Σ (p − q) ln(p ÷ q) over the bins fixed at training time, p the training baseline and q the live rows, natural logarithm, ½ added to every bin. Warning from 0.1, alarm from 0.25, and only if chance alone is an unlikely explanation.',
  pValue:
    'How often a PSI this large would come by chance with no drift at all, from (1/n + 1/m) χ²(B − 1): n live rows, m baseline rows, B bins.',
  jensenShannon:
    'Jensen–Shannon distance: √(½ KL(p‖M) + ½ KL(q‖M)), M the mean of both, logarithm to base 2. From 0, the same, to 1, nothing in common.',
  missingRate: 'Rows in which this value was missing, live and in the training baseline.',
  outsideRate: 'Categories never seen in training, or numbers outside the range seen in training.',
  errors: 'Responses with a status of 400 or more, as a share of all responses.',
  p99: '99 % of the responses were faster.',
  realised: 'Computed from predictions whose actual outcome has arrived as feedback, joined by id.',
  realisedWeek:
    'How right the predictions turned out to be whose actual outcome arrived as feedback in the last seven days.',
} as const
