"""The homes: where the parts are put together. The only place that names concrete things and reads the environment."""
