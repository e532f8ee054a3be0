# syntax=docker/dockerfile:1
# auth-server in an image without a shell, a package manager or root.
#
# What it is built with and what it runs on are tags, which move. A digest holds them:
#   docker build --build-arg RUNTIME_DIGEST=sha256:… --build-arg BUILD_DIGEST=sha256:… .
#
# Features that are off unless asked for, with commas between them: docs/performance.md tells of simd-argon2,
# docs/tracing.md of otlp.
#   docker build --build-arg FEATURES=simd-argon2 .

ARG BUILD_DIGEST=
ARG RUNTIME_DIGEST=

FROM docker.io/library/rust:1.95-slim-bookworm${BUILD_DIGEST:+@$BUILD_DIGEST} AS build
ARG FEATURES=
WORKDIR /src
COPY . .
# The caches outlive the layers: a second build compiles what has changed.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked -p auth-server --features "$FEATURES" \
    && install -D target/release/auth-server /out/usr/local/bin/auth-server \
    && install -d -m 0700 /out/data

# glibc, libgcc and certificates, and nothing that could be run.
FROM gcr.io/distroless/cc-debian12:nonroot${RUNTIME_DIGEST:+@$RUNTIME_DIGEST}
COPY --from=build /out/usr/local/bin/auth-server /usr/local/bin/auth-server
# For SQLite, where nothing is mounted there.
COPY --from=build --chown=65532:65532 /out/data /data
WORKDIR /data
USER 65532:65532
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000
# The memory of the hashing threads in huge pages, where the system grants them to whoever asks. The
# second setting keeps that memory mapped by itself; without it malloc cuts it out of a heap after a while.
ENV GLIBC_TUNABLES=glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=1048576
EXPOSE 4000
# No HEALTHCHECK: there is no curl in here. Ask GET /healthz and GET /readyz from outside.
ENTRYPOINT ["/usr/local/bin/auth-server"]
