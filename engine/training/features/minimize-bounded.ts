const golden = 0.5 * (3 - Math.sqrt(5))
const mostSteps = 500

/**
 * The place of a minimum of `f` between `from` and `to`, to `tolerance`: Brent's method (1973), golden sections with
 * parabolic steps, as scipy's `fminbound` takes them.
 */
export async function minimizeBounded(
  from: number,
  to: number,
  tolerance: number,
  f: (x: number) => Promise<number>,
): Promise<number> {
  let [a, b] = [from, to]
  let x = a + golden * (b - a)
  let [w, v] = [x, x]
  let fx = await f(x)
  let [fw, fv] = [fx, fx]
  let step = 0
  let before = 0
  for (let i = 0; i < mostSteps; i++) {
    const middle = 0.5 * (a + b)
    const least = Math.sqrt(Number.EPSILON) * Math.abs(x) + tolerance / 3
    if (Math.abs(x - middle) <= 2 * least - 0.5 * (b - a)) break
    let parabolic = false
    if (Math.abs(before) > least) {
      let r = (x - w) * (fx - fv)
      let q = (x - v) * (fx - fw)
      let p = (x - v) * q - (x - w) * r
      q = 2 * (q - r)
      if (q > 0) p = -p
      q = Math.abs(q)
      r = before
      before = step
      if (Math.abs(p) < Math.abs(0.5 * q * r) && p > q * (a - x) && p < q * (b - x)) {
        step = p / q
        parabolic = true
        if (x + step - a < 2 * least || b - (x + step) < 2 * least) step = middle >= x ? least : -least
      }
    }
    if (!parabolic) {
      before = x >= middle ? a - x : b - x
      step = golden * before
    }
    const next = x + (step >= 0 ? 1 : -1) * Math.max(Math.abs(step), least)
    const found = await f(next)
    if (found <= fx) {
      if (next >= x) a = x
      else b = x
      ;[v, fv, w, fw, x, fx] = [w, fw, x, fx, next, found]
    } else {
      if (next < x) a = next
      else b = next
      if (found <= fw || w === x) [v, fv, w, fw] = [w, fw, next, found]
      else if (found <= fv || v === x || v === w) [v, fv] = [next, found]
    }
  }
  return x
}
