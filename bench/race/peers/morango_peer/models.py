"""The one model: a touch."""

from django.db import models
from morango.models.core import SyncableModel


class Touch(SyncableModel):
    """What was confirmed at a device. All lie in one partition, the office."""

    morango_profile = "race"
    morango_model_name = "touch"

    name = models.CharField(max_length=40)
    kind = models.CharField(max_length=52)
    day = models.DateField()
    fields = models.TextField()
    office = models.CharField(max_length=32)

    def calculate_source_id(self) -> None:
        """None for a random one, as for any record that has no natural key."""

    def calculate_partition(self) -> str:
        """The office's."""
        return self.office
