# syntax=docker/dockerfile:1
FROM python:3.11-slim@sha256:9c900dea9e8fb7e16277c179b555cc72d29a352dbc33cff48ad5a0412fd5bfc7 AS build
WORKDIR /src
COPY requirements.lock requirements-build.lock ./
RUN pip install --no-cache-dir --require-hashes -r requirements-build.lock
RUN python -m venv --without-pip /opt/mockserver
RUN pip --python /opt/mockserver/bin/python install --no-cache-dir --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY mockserver mockserver
COPY scenarios scenarios
COPY schemas schemas
COPY clients/python clients/python
RUN pip wheel --no-cache-dir --no-deps --no-build-isolation -w /dist . ./clients/python
RUN pip --python /opt/mockserver/bin/python install --no-cache-dir --no-deps --no-index --find-links /dist call-mockserver call-mockserver-client
# of the phone numbers, only their forms are used: not places, carriers and time zones
RUN cd /opt/mockserver/lib/python3*/site-packages/phonenumbers && rm -rf geocoder.py geodata carrier.py carrierdata timezone.py tzdata __pycache__
RUN /opt/mockserver/bin/python -m compileall -q /opt/mockserver/lib

FROM python:3.11-slim@sha256:9c900dea9e8fb7e16277c179b555cc72d29a352dbc33cff48ad5a0412fd5bfc7
LABEL org.opencontainers.image.title="call-mockserver" \
      org.opencontainers.image.description="Emulates the APIs of five telephony vendors on your machine: endpoints, errors, call lifecycles and webhooks, on a virtual clock" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.authors="the call-mockserver authors" \
      org.opencontainers.image.url="https://call-mockserver.example" \
      org.opencontainers.image.documentation="https://call-mockserver.example/docs" \
      org.opencontainers.image.source="https://call-mockserver.example/source"
RUN python -m pip uninstall --yes --quiet pip setuptools wheel && rm -rf /usr/local/lib/python3*/ensurepip
RUN useradd --system --uid 10001 --no-create-home --home-dir /nonexistent mockserver \
    && mkdir /data && chown 10001 /data
COPY --from=build /opt/mockserver /opt/mockserver
ENV PATH=/opt/mockserver/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    MOCKSERVER_HOST=0.0.0.0 \
    MOCKSERVER_PORT=8080 \
    MOCKSERVER_WEBHOOK_REWRITE=localhost=host.docker.internal
USER 10001
WORKDIR /
EXPOSE 8080
HEALTHCHECK --interval=5s --timeout=3s --start-period=5s CMD ["mockserver", "ready"]
ENTRYPOINT ["mockserver"]
CMD ["serve"]
