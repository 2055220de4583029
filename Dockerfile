# Parlor with an external Postgres: set DATABASE_URL and PARLOR_TOKEN_KEY. There is no embedded database in here.
FROM python:3.11-slim AS build
WORKDIR /src
RUN python -m venv /opt/parlor
COPY pyproject.toml README.md LICENSE ./
COPY server server
COPY persistence persistence
COPY migrations migrations
COPY loadtest loadtest
RUN /opt/parlor/bin/pip install --no-cache-dir --disable-pip-version-check .

FROM python:3.11-slim
ENV PATH=/opt/parlor/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PARLOR_ENV=production
RUN useradd --system --uid 10001 --create-home --home-dir /home/parlor parlor
COPY --from=build /opt/parlor /opt/parlor
USER parlor
WORKDIR /home/parlor
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=2s --start-period=15s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/livez', timeout=2)"]
CMD ["parlor", "serve", "--host", "0.0.0.0", "--port", "8080"]
