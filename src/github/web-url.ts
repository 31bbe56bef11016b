// Where do people see what the API describes?
import type { Endpoints } from './client.js';

/** `https://api.github.com` → `https://github.com`; `https://HOST/api/v3` → `https://HOST`; `https://api.SUB.ghe.com` → `https://SUB.ghe.com`. */
export function webUrlOf({ apiUrl }: Endpoints): string {
  const url = new URL(apiUrl);
  url.hostname = url.hostname.replace(/^api\.(?=github\.com$|[^.]+\.ghe\.com$)/, '');
  return url.origin;
}
