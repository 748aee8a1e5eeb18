# The HTTP service with the shipped model. Not yet built or run by us: no machine of the project has a Docker engine.
FROM python:3.11-slim AS build
WORKDIR /src
COPY pyproject.toml constraints.txt README.md LICENSE NOTICE ./
COPY src src
COPY api api
COPY models/default models/default
RUN python -m venv /opt/adclassifier \
    && /opt/adclassifier/bin/pip install --no-cache-dir --constraint constraints.txt '.[api]'

FROM python:3.11-slim
# The kernel is compiled at first use and kept here; no other folder needs to be writable.
ENV ADCLASSIFIER_CACHE=/var/cache/adclassifier PYTHONUNBUFFERED=1
RUN useradd --system adclassifier && install --directory --owner adclassifier "$ADCLASSIFIER_CACHE"
COPY --from=build /opt/adclassifier /opt/adclassifier
USER adclassifier
# Loopback of the container: run with --network host, or behind a proxy in the same pod, until the service has keys.
EXPOSE 8000
CMD ["/opt/adclassifier/bin/adclassifier-api"]
