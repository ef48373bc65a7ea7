"""How forms become HTML: from templates/django/forms/, in our own markup."""

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Renders forms with the templates of the house, so that every field looks and reads the same."""

    form_template_name = "django/forms/form.html"
    field_template_name = "django/forms/field.html"
