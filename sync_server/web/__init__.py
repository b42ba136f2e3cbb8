"""The staff web's design system: one style sheet, a few templates, a library of components. It knows no application.

How to make a page in a few lines. Extend ``web/desk.html`` (staff), ``web/enter.html`` (before signing in) or
``web/alone.html`` (one sentence, no menu), load the components, fill the blocks ``title``, ``crumb``, ``heading``,
``line`` (one muted line), ``acts`` (buttons, the main one last) and ``content``::

    {% extends "web/desk.html" %}{% load sala %}
    {% block title %}{% say "รายงาน" "Reports" %}{% endblock %}
    {% block heading %}{% t "รายงาน" "Reports" %}{% endblock %}
    {% block acts %}<a class="btn main-act" href="...">{% icon "printer" %}{% t "พิมพ์" "Print" %}</a>{% endblock %}
    {% block content %}
    <div class="card stats">{% stat label=... value=46 unit=... n=49 href=... %}</div>
    <div class="card flush">
      <table class="table cards">                      one card a row on phones: give each td its data-label
        <tr class="link"><td><a class="open" href="...">{{ name|words }}</a></td> ...     the whole row is the link
      </table>
      {% pages page %}
    </div>
    {% endblock %}

- Words: ``{% t "ไทย" "English" %}`` in elements, ``{% say "ไทย" "English" %}`` in attributes, ``Text("ไทย",
  "English")`` in Python (`language`). Both languages stand in one place; there is no catalogue. People's own words
  only through ``|said``, labels of ours (names, titles) through ``|words``.
- Dates ``|day`` ``|time`` ``|moment`` ``|ago``. Numbers ``|thousands``. All components: ``templatetags/sala.py``.
- Lists: `paging.read` (filters out of the address), `paging.page`, then ``{% filters bar %}`` and ``{% pages page
  %}``.
- Classes: ``card`` (``flush``, ``stats``), ``cols`` (work left, facts right), ``pair``, ``stack``, ``inline``,
  ``facts`` (a dl), ``tabs``, ``btn`` (``main-act`` marigold once a view, ``water``, ``clay``, ``quiet``, ``row``),
  ``notice`` and ``alarm-card`` (``near``, ``late``, ``done``), ``num``, ``muted``.
- Forms: ``{% errors form %}`` on top, ``{% field form.name %}`` for each control. After a POST redirect, with
  `messages.success` as toast.
- No style attribute, no inline script, no other host: `headers` refuses them. Amounts for CSS go into data-* values
  or an SVG.
- A view below /desk/ needs no decorator to be closed to strangers; ``@allow(Role.CLERK)`` narrows it
  (`organisations.access`).
- A new icon: add its Phosphor name in `vendor` and run it. A test tells when a template asks for an icon that is not
  there.
"""
