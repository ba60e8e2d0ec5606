'use strict';
// Select2 names its box after what is chosen in it: this puts the name of the field before.
{
    const $ = django.jQuery;

    const name = select => {
        const box = select.nextElementSibling?.querySelector('.select2-selection__rendered');
        if (box) {
            const field = select.getAttribute('aria-label') ?? select.labels[0]?.textContent.trim();
            const chosen = select.selectedOptions[0]?.textContent;
            box.setAttribute('aria-label', [field, chosen].filter(Boolean).join(' '));
        }
    };
    const nameAll = root => root.querySelectorAll('.admin-autocomplete').forEach(name);

    $(() => nameAll(document));
    $(document).on('change', '.admin-autocomplete', event => name(event.target));
    document.addEventListener('formset:added', event => nameAll(event.target));
}
