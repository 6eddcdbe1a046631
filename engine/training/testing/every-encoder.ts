/** A table over the bench's customers, and a train cell over it that asks for every kind of encoder. */
export const everythingSql = `create table everything as
  select churned, tenure as standard, tenure as yeo, score as bins, score as log, plan as onehot,
    case when plan = 'year' and id % 2 = 0 then 'month' else plan end as rare,
    plan as target, plan as hashed, plan as share, tier as sized, vip as yes, joined, joined::varchar as written,
    'the plan of row ' || (id % 97) || ' is ' || coalesce(plan, 'none') || ' and so on' as note
  from customers`

export const everyColumn = {
  standard: { impute: 'mean', missingIndicator: true, constraints: { min: 0, max: 100 } },
  yeo: { scale: 'yeoJohnson' },
  bins: { bins: 4 },
  log: { scale: 'quantile', distribution: 'normal' },
  rare: { minFrequency: 0.4 },
  target: { encode: 'target' },
  hashed: { encode: 'hashing', width: 8 },
  share: { encode: 'frequency' },
  sized: { type: 'ordinal', order: ['low', 'middle', 'high'] },
  note: { width: 32 },
}

export const forEverything = {
  from: 'everything',
  target: 'churned',
  features: { columns: everyColumn, interactions: [['standard', 'onehot']] },
}
