"""Settings of the project, as far as it needs any."""

from pathlib import Path

HERE = Path(__file__).parent
SECRET_KEY = "of-the-example"
ALLOWED_HOSTS = ["app.test"]
INSTALLED_APPS = ["shop"]
MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]
ROOT_URLCONF = "shop.views"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": HERE / "shop.sqlite3"}}
OWN_ORIGIN = "http://app.test"
INNOCALLS = "https://app.innocalls.com"
INNOCALLS_TOKEN = "my-token"
