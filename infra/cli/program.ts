/**
 * Runs the program that is installed in this folder. Without `--no-install`, npx would fetch a package of that name from
 * the registry, and whoever published it would get the caller's AWS credentials.
 */
export const coinbooth = 'npx --no-install coinbooth';
