# The image of one release: web, worker, beat and migrations differ in their command only.

FROM node:24-slim AS styles
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --omit=dev
COPY static/src static/src
RUN npm run build

FROM python:3.13-slim AS packages
COPY requirements-server.lock .
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --no-deps --require-hashes --only-binary :all: -r requirements-server.lock

FROM python:3.13-slim
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin healing
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /srv/healing
COPY --from=packages /opt/venv /opt/venv
COPY . .
COPY --from=styles /build/static/build static/build
# Only the names of static files are settled here. The keys are for this one step and stay in no layer.
RUN key=$(python -c "import base64, os; print(base64.b64encode(os.urandom(32)).decode())") \
    && DATABASE_ROLE=web SECRET_KEY=$key AUDIT_KEY=$key FIELD_KEYS=build:$key BASE_URL=https://build.invalid \
       DATABASE_URL=postgresql://build.invalid/healing REDIS_URL=redis://build.invalid \
       python manage.py collectstatic --noinput --verbosity 0 \
    && python -m compileall -q healing cases facilitation support reports
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s CMD ["python", "bin/healthy"]
CMD ["gunicorn", "healing.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", \
     "--threads", "4", "--worker-tmp-dir", "/dev/shm", "--no-control-socket"]
