"""Revocations as records of their own; the four words of an enrolment."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('kiosks', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='kiosk',
            name='compared_at',
            field=models.DateTimeField(blank=True, help_text='when a person said the words are the same', null=True),
        ),
        migrations.AddField(
            model_name='kiosk',
            name='fingerprint',
            field=models.CharField(blank=True, help_text='what both screens show as four words after the enrolment', max_length=64),
        ),
        migrations.AlterField(
            model_name='alarm',
            name='kind',
            field=models.CharField(choices=[('forked', 'บันทึกแยกเป็นสองสาย'), ('server_restored', 'เซิร์ฟเวอร์ถูกกู้คืนจากสำเนาเก่า'), ('kiosk_restored', 'ตู้ถูกกู้คืนจากสำเนาเก่า'), ('kiosk_copied', 'แฟ้มของตู้ถูกคัดลอก'), ('two_devices', 'สองเครื่องใช้ตัวตนเดียวกัน'), ('gap', 'บันทึกช่วงกลางยังมาไม่ถึง'), ('revoked_sent', 'ตู้ที่ถูกเพิกถอนส่งข้อมูลมา'), ('code_spoilt', 'มีผู้ลองรหัสลงทะเบียนผิดหลายครั้ง')], max_length=20),
        ),
        migrations.CreateModel(
            name='Revocation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('revoked', models.BooleanField()),
                ('trusted_through', models.JSONField(default=dict, help_text='{log id: last seq believed}')),
                ('reason', models.CharField(max_length=300)),
                ('by_name', models.CharField(max_length=120)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='revocations', to=settings.AUTH_USER_MODEL)),
                ('kiosk', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='revocations', to='kiosks.kiosk')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
    ]
