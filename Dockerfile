# Samplecase in a container: docker build -t samplecase . && docker run -p 8080:8080 samplecase
FROM debian:bookworm-slim AS build
WORKDIR /src
COPY script/bootstrap script/
RUN script/bootstrap --build
COPY . .
RUN script/build build -Dtests=false -Dprefix=/usr \
    && meson install -C build --no-rebuild --quiet --strip --destdir=/out

FROM debian:bookworm-slim
COPY script/bootstrap /tmp/bootstrap
RUN /tmp/bootstrap --runtime \
    && rm -rf /tmp/bootstrap /var/lib/apt/lists/* /var/cache/apt/* /var/log/apt /var/log/dpkg.log \
    && useradd --system --home-dir /var/lib/samplecase --shell /usr/sbin/nologin samplecase \
    && install -d -o samplecase -g samplecase /var/lib/samplecase
COPY script/first-start /usr/share/samplecase/script/
COPY samples /usr/share/samplecase/samples
COPY --from=build /out/usr/bin/samplecase /usr/bin/samplecase
COPY script/docker-entrypoint /usr/share/samplecase/script/

ENV SAMPLECASE_DATA=/var/lib/samplecase
USER samplecase
VOLUME /var/lib/samplecase
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=6s --start-period=60s CMD ["samplecase", "health"]
ENTRYPOINT ["/usr/share/samplecase/script/docker-entrypoint"]
CMD ["serve"]
