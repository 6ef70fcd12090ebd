import type { Endpoint } from '../lib/endpoint.ts';

/** Answered by the proxy itself. */
export const proxyHealthPath = '/proxy-health';

/**
 * nginx.conf: /api without its prefix to the backend, all else to the GUI, as upstream's proxy does. nginx looks the names up
 * when it starts; a Service's address does not change.
 */
export function nginxConfiguration(backend: Endpoint, gui: Endpoint): string {
  return `daemon off;
worker_processes 1;
pid /tmp/nginx.pid;
# Lower levels quote requests with their query, where the token stands after a login; what fails has its status in the access log.
error_log stderr crit;
events { worker_connections 1024; }
http {
  client_body_temp_path /tmp/client;
  proxy_temp_path /tmp/proxy;
  fastcgi_temp_path /tmp/fastcgi;
  uwsgi_temp_path /tmp/uwsgi;
  scgi_temp_path /tmp/scgi;
  # $uri and not $request, for the same reason.
  log_format requests '$remote_addr [$time_iso8601] "$request_method $uri" $status $body_bytes_sent $request_time';
  access_log /dev/stdout requests;
  server_tokens off;
  client_max_body_size 50m;
  proxy_http_version 1.1;
  proxy_set_header Connection "";
  proxy_set_header Host $http_host;
  proxy_set_header X-Real-IP $remote_addr;
  proxy_set_header X-Forwarded-For $remote_addr;
  proxy_set_header X-Forwarded-Proto $scheme;
  server {
    listen 8080;
    location = ${proxyHealthPath} {
      access_log off;
      return 204;
    }
    location /api/ {
      proxy_pass http://${backend.address}/;
      proxy_read_timeout 300s;
    }
    location / {
      proxy_pass http://${gui.address};
    }
  }
}
`;
}
