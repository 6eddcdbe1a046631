/** The oldest Node that runs Slipway where the pinned one is not installed. */
const oldest = [22, 12]

/**
 * Why this Node cannot run Slipway, or null when it can.
 *
 * @param {string} version such as `20.19.0`
 * @param {string} platform such as `linux-x64`
 * @returns {string | null}
 */
export function nodeProblem(version, platform) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return null
  return `Slipway needs Node ${oldest.join('.')} or newer and found ${version}: the Node that comes with the install is not there for ${platform}. Run npm install again without --omit=optional, or install a newer Node.`
}
