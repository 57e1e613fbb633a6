# syntax=docker/dockerfile:1
#
#   docker buildx build --platform linux/amd64,linux/arm64 --build-arg VERSION=0.1.0 --build-arg REVISION=$(git rev-parse HEAD) .
#
# Node's own binary on a base without a shell or a package manager. What runs is
# src/, joined into a few files: to resolve and read two thousand of them would be most of a start.

# The version that the tests run on; a test holds that package.json names the same.
ARG NODE_VERSION=24.21.0

FROM node:${NODE_VERSION}-bookworm-slim AS bundle
WORKDIR /app
COPY package.json package-lock.json ./
COPY dev/local-slack/package.json dev/local-slack/
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY src src
COPY tools/bundle.ts tools/
RUN node tools/bundle.ts

FROM node:${NODE_VERSION}-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
COPY dev/local-slack/package.json dev/local-slack/
# Without the optional packages there is neither the embedded database nor the sandbox's workspace; no script of a
# package runs. Types and source maps, half of what was installed, are never read at run time.
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund \
 && find node_modules -type f \( -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.map' -o -iname '*.md' \) -delete \
 && rm -rf dev node_modules/.package-lock.json
COPY migrations migrations
COPY src src
COPY --from=bundle /app/dist dist
# Stripped and compiled code is kept with the image, as the root file system of a container is read-only: starts take
# half the time. V8 takes it only with the flags that it was made with.
RUN node --max-semi-space-size=4 --heap-growing-percent=50 --v8-pool-size=1 --import ./src/compile-cache.mjs --eval "await Promise.all([import('/app/dist/main.js'), import('/app/src/cli.ts')])" --input-type=module

FROM gcr.io/distroless/cc-debian12:nonroot
ARG VERSION=0.0.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Firebreak" \
      org.opencontainers.image.description="A Slack app that repairs Kubernetes workloads without making things worse" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=build /usr/local/bin/node /usr/local/bin/node
COPY --from=build /app /app
WORKDIR /app
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=3000
# The number, so that Kubernetes can tell that it is not root.
USER 65532:65532
EXPOSE 3000
# Of Docker alone; Kubernetes has its own probes. Live, not ready: a container must not be restarted because Slack is away.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD ["/usr/local/bin/node", "--eval", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# What is young is collected in small spaces: a storm of alerts takes half the memory (`npm run bench -- --only storm`). One
# thread beside the first one collects and compiles: with four, each with its own memory, an idle process takes 20 MiB more.
# No init process: Firebreak starts no other, and ends by SIGTERM and SIGINT itself, from its first moment on.
ENTRYPOINT ["/usr/local/bin/node", "--max-semi-space-size=4", "--heap-growing-percent=50", "--v8-pool-size=1", "--import", "./src/compile-cache.mjs"]
CMD ["dist/main.js"]
