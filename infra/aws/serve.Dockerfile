# The image for SageMaker: the same one, started with the one word `serve` or `train`. docs/aws.md has the command.
ARG IMAGE=squatwatch
FROM ${IMAGE}

# SageMaker reads these: the container takes many models, and a port of SageMaker's choice
LABEL com.amazonaws.sagemaker.capabilities.multi-models=true \
      com.amazonaws.sagemaker.capabilities.accept-bind-to-port=true

ENTRYPOINT ["squatwatch"]
CMD ["--help"]
