"""What is stored of each parcel."""

from django.db import models


class Parcel(models.Model):
    """A parcel, whose code a call has told the customer, who may have pressed a key."""

    phone = models.CharField(max_length=20)
    key = models.CharField(max_length=10, default="")
    outcome = models.CharField(max_length=20, default="calling")
