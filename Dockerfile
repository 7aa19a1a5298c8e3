# Airflow with squatwatch, from the lock: every package is a wheel with a known hash.
# The GPU worker's image: docker build --build-arg LOCK=requirements-gpu.lock .
# SageMaker's container: docker build --target serve .
FROM python:3.12-slim-bookworm AS installed

ARG LOCK=requirements.lock
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONUNBUFFERED=1

# the image's own pip may be too old: pip 23 takes `celery[redis]` of the lock for a requirement without a hash
RUN echo 'pip==26.3 --hash=sha256:f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13' > /tmp/pip.txt \
    && pip install --require-hashes --only-binary :all: --requirement /tmp/pip.txt
COPY ${LOCK} /tmp/lock.txt
RUN pip install --require-hashes --only-binary :all: --requirement /tmp/lock.txt

COPY dbt /opt/squatwatch/dbt
COPY ml /opt/squatwatch/ml
COPY plugins /opt/squatwatch/plugins
COPY dags /opt/squatwatch/dags

# Two roots on the path instead of an installed package: building one would fetch a build backend that no lock names.
ENV PYTHONPATH=/opt/squatwatch/plugins:/opt/squatwatch/ml
RUN python -m squatwatch_ml.text.word_table && python -m squatwatch_ml.text.popular_names \
    && python -m squatwatch_ml.text.letters
RUN printf '#!/usr/local/bin/python\nfrom squatwatch.cli import main\n\nmain()\n' > /usr/local/bin/squatwatch \
    && chmod 755 /usr/local/bin/squatwatch

# Volumes take the owner of the folder that they are mounted on.
RUN useradd --uid 50000 --gid 0 --home-dir /opt/airflow --create-home airflow \
    && mkdir -p /opt/airflow/logs /opt/airflow/.cache/squatwatch /data \
    && chown -R airflow:0 /opt/airflow /data
USER airflow
WORKDIR /opt/airflow

FROM installed AS serve
ENV SQUATWATCH_HOME=/data \
    SQUATWATCH_SERVE_CONTAINER=true
LABEL com.amazonaws.sagemaker.capabilities.multi-models=true \
    com.amazonaws.sagemaker.capabilities.accept-bind-to-port=true
EXPOSE 8080
ENTRYPOINT ["squatwatch"]
CMD ["serve"]

# the last one is what a build without a target makes
FROM installed AS airflow
ENV AIRFLOW_HOME=/opt/airflow \
    AIRFLOW__CORE__DAGS_FOLDER=/opt/squatwatch/dags \
    AIRFLOW__CORE__PLUGINS_FOLDER=/opt/squatwatch/plugins \
    AIRFLOW__CORE__LOAD_EXAMPLES=False \
    SQUATWATCH_HOME=/data

ENTRYPOINT ["airflow"]
CMD ["version"]
