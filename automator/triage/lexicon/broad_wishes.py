"""Broad concepts of wishes and of hurry: few, common, shared by seven languages."""

from __future__ import annotations

from typing import Final

_ASKING: Final[dict[str, str]] = {
    "ask": (
        "pouvez vous|pourriez vous|peux tu|pourrais tu|tu peux|vous pouvez|vous pourriez|merci de me|merci de nous"
        "|merci de bien vouloir|merci de vérifier|merci d avance|je vous prie de|veuillez|auriez vous|avez vous"
        "|aurais tu|seriez vous|serait il possible|est il possible|est ce possible|possible de|pourrait on|peut on"
        "|pouvons nous|je vous demande|nous vous demandons|je vous remercie de|prière de|vous serait il|faites moi"
        "|dites moi|dites nous|envoyez moi|envoyez nous|can you|could you|would you|will you|may we|can we|could we"
        "|can i|could i|is it possible|would it be possible|please send|please confirm|please let|please could"
        "|please can|please advise|please tell|do you have|do you do|are you able|kindly|we ask you|i ask you"
        "|können sie|könnten sie|könnt ihr|kannst du|würden sie|bitte senden|bitte schicken|bitte teilen"
        "|bitte geben|wir bitten|haben sie|ist es möglich|wäre es möglich|puede usted|podría|pueden|puedes|podéis"
        "|le ruego|rogamos|es posible|sería posible|tienen ustedes|tienen|può|potete|potrebbe|potreste|puoi"
        "|vi chiedo|le chiedo|chiediamo|è possibile|sarebbe possibile|avete|kunt u|kun je|kunnen jullie|zou u"
        "|wilt u|graag ontvang|is het mogelijk|heeft u|pode|podem|poderia|seria possível|agradeço que|agradecia"
        "|solicito|têm disponível|czy moze"
    ),
    "need": (
        "j ai besoin|nous avons besoin|on a besoin|aurais besoin|aurions besoin|il me faut|il nous faut"
        "|il me faudrait|il nous faudrait|nous cherchons|je cherche|on cherche|recherche|cherchons|je dois savoir"
        "|nous manque|me manque|i need|we need|we d need|i m looking|we are looking|we re looking|looking for"
        "|i require|we require|ich brauche|wir brauchen|benötigen|wir suchen|ich suche|necesito|buscamos"
        "|nos hace falta|ho bisogno|abbiamo bisogno|cerchiamo|mi serve|ci serve|ci servono|ik heb nodig"
        "|wij hebben nodig|we zoeken|preciso|procuramos"
    ),
    "wish": (
        "je souhaite|nous souhaitons|souhaitant|je voudrais|nous voudrions|j aimerais|nous aimerions|on aimerait"
        "|on voudrait|j envisage|nous envisageons|intéressé par|i would like|we would like|i d like|we d like"
        "|i was wondering|we were wondering|i wonder|hoping to|hoping you|we are planning|ich möchte|wir möchten"
        "|ich hätte gern|wir hätten gern|quisiera|queremos|me gustaría|nos gustaría|vorrei|vorremmo|desidero"
        "|ik wil graag|wij willen graag|ik zou graag|gostaria|queria"
    ),
    "wonder": (
        "est ce que|quel est|quelle est|quels sont|quelles sont|combien|comment faire|comment on|savoir si"
        "|savoir quand|y a t il|a t on|faut il|dois je|doit on|puis je|qu en pensez|qu est ce|which|how much"
        "|how many|how long|how do|what is|what would|what time|when can|when will|where is|should i|should we"
        "|is there|are there|whether|wie viel|wie lange|ob sie|wann können|wann kommt|welche|cuánto|cuándo|cuál"
        "|qué precio|quanto|quando|quale|hoeveel|wanneer|welke|qual"
    ),
    "answer": (
        "dans l attente|en attente de votre|votre réponse|votre retour|revenir vers|tenez moi au courant"
        "|tiens moi au courant|me confirmer|nous confirmer|confirmez|me dire|nous dire|me rappeler|rappelez moi"
        "|rappelez nous|me recontacter|me répondre|répondez moi|me tenir informé|votre accord|votre avis"
        "|votre feu vert|votre décision|let me know|let us know|get back to me|get back to us|call me|call back"
        "|call us|ring me|your reply|your answer|your confirmation|hear from you|your approval|your advice"
        "|please reply|rückmeldung|ihre antwort|geben sie mir|melden sie sich|rufen sie|su respuesta"
        "|quedo a la espera|quedamos a la espera|llámeme|attendo|in attesa|fatemi sapere|mi confermi"
        "|mi faccia sapere|hoor graag|laat weten|uw reactie|aguardo|fico a aguardar|a sua resposta"
    ),
    "send_us": (
        "m envoyer|nous envoyer|me transmettre|nous transmettre|me faire parvenir|nous faire parvenir|me retourner"
        "|nous retourner|me communiquer|nous communiquer|me fournir|nous fournir|transmettez|send me|send us"
        "|send over|forward me|provide us|provide me|return the|zusenden|zukommen lassen|schicken sie|enviarme"
        "|nos envíen|mandarme|inviarmi|toesturen|enviar me|enviar nos"
    ),
    "quote": (
        "devis|chiffrage|estimation|votre tarif|vos tarifs|un prix|meilleur prix|tarification|quote|quotation"
        "|your prices|your rates|a price|angebot|kostenvoranschlag|presupuesto|cotización|preventivo|offerte"
        "|prijsopgave|orçamento|cotação"
    ),
    "book": (
        "rendez vous|rdv|réserver|disponibilité|dispos|créneau|une date|une table|une chambre|couverts|passer chez"
        "|venir voir|book|booking|appointment|slot|availability|a table|a room|termin|buchen|cita|appuntamento"
        "|prenotare|afspraak|marcação|marcar"
    ),
    "order": "commande|bon de commande|purchase order|order|bestellung|pedido|ordine|encomenda",
    "complaint": (
        "réclamation|mécontent|pas satisfait|toujours pas|déçu|inadmissible|inacceptable|ne correspond|erreur"
        "|manque|manquant|cassé|abîmé|endommagé|défectueux|défaut|litige|retard|complaint|disappointed|unacceptable"
        "|still not|still waiting|broken|damaged|faulty|missing|wrong|mistake|not happy|refund|reklamation"
        "|beschädigt|defekt|fehlt|fehlerhaft|dañado|roto|danneggiat|difettos|klacht|kapot|danificado"
    ),
}

_URGENCY: Final[dict[str, str]] = {
    "urgent_word": (
        "urgent|urgence|urgemment|asap|au plus vite|le plus vite|dès que possible|immédiatement|sans délai"
        "|tout de suite|sans attendre|rapidement|très vite|as soon as|right away|straight away|emergency|quickly"
        "|sofort|dringend|eilig|umgehend|schnellstmöglich|cuanto antes|inmediat|subito|al più presto|spoed|zo snel"
        "|o mais rápido"
    ),
    "outage": (
        "panne|ne marche plus|ne fonctionne plus|ne marche pas|ne fonctionne pas|ne démarre|en rade|bloqué|coincé"
        "|coupure|coupé|coupés|à l arrêt|hors service|plus de chauffage|plus d eau|plus de courant"
        "|plus d électricité|plus rien|inaccessible|injoignable|planté|disjoncte|stoppé|immobilisé|arrêtée"
        "|en carafe|is down|are down|not working|stopped working|won t start|no heating|no hot water|no power"
        "|outage|stuck|stranded|locked out|at a standstill|broken down|packed up|ausgefallen|ausfall|steht still"
        "|funktioniert nicht|geht nicht|gesperrt|averiado|no funciona|parado|guasto|non funziona|fermo|fermi"
        "|storing|werkt niet|ligt stil|avariado|não funciona|parada|en panne|ne démarre plus|ne chauffe plus"
        "|ne répond plus|plus de téléphone|plus internet|plus accès|impossible de|ne peuvent plus|ne peut plus"
        "|on ne peut pas|can t get|cannot get|none of us|won t open|keeps tripping|rupture|arrêt de ligne"
    ),
    "harm": (
        "fuite|inonde|dégât des eaux|gaz|odeur|fumée|incendie|feu|étincelle|brûlé|danger|sécurité|risque|blessé"
        "|accident|hôpital|pompiers|enfants|bébé|effondr|électrocut|saigne|douleur|fièvre|allergie|intoxic|vol"
        "|effraction|piraté|virus|leak|leaking|flood|flooding|smoke|sparks|fire|unsafe|injured|ambulance|hospital"
        "|pain|bleeding|collapse|burglary|hacked|wasser läuft|rohrbruch|gasgeruch|rauch|brand|gefahr|verletzt|fuga"
        "|inundación|humo|peligro|herido|perdita|allagato|fumo|pericolo|lekkage|rook|gevaar|perigo|ferido"
    ),
    "people_wait": (
        "sur place|devant la porte|attendent|attend dehors|nous attendons|on attend|il attend|arrivent|arrive à"
        "|mariage|cérémonie|audience|obsèques|ouverture|ouvre à|service de ce|chauffeur|camion|décolle|train|avion"
        "|vol de|bloc|perdre|perdu|perdue|perdons|annuler|chantier|équipe attend|waiting outside|on site"
        "|are waiting|is waiting|wedding|funeral|hearing|opens at|driver|lorry|flight|ferry|lose|losing|steht vor"
        "|warten|fahrer|esperando|boda|aspetta|matrimonio|wachten|bruiloft|d attente|patient|on m attend"
        "|les clients|nos clients|les invités|convives|la navette|le transporteur|le livreur|le navire|en route"
        "|part à|partent à|repart|départ à|guests arrive|customers arrive|guests|crew|the hauler|haulier|leaves at"
        "|pick up|gäste|huéspedes|ospiti|gasten"
    ),
    "by_word": (
        "avant|au plus tard|dernier délai|d ici|jusqu à|échéance|date limite|dernier carat|by|before|no later"
        "|deadline|until|bis|spätestens|frist|antes|a más tardar|plazo|entro|scadenza|prima|uiterlijk|voor|até"
        "|prazo|avant que|passé ce délai|faute de|sans réponse|sans retour|sans nouvelles|otherwise|failing which"
        "|sinon|à défaut|ansonsten|de lo contrario|altrimenti|anders"
    ),
    "hours": (
        "dans l heure|d ici une heure|dans deux heures|dans # heures|heures|sous #h|dans la journée|dans la matinée"
        "|avant midi|à midi|within the hour|in the next hour|within # hours|an hour|hours|before noon|by noon"
        "|end of day|close of play|end of business|stunden|horas|ore|uur|mittag"
    ),
    "no_rush": (
        "pas urgent|rien d urgent|pas d urgence|non urgent|pas pressé|rien ne presse|quand vous pourrez"
        "|quand vous pouvez|quand tu peux|quand tu pourras|quand vous aurez|quand tu as|à l occasion|sans urgence"
        "|pas de panique|pas besoin de courir|prenez le temps|tranquillement|prends ton temps|no rush|no hurry"
        "|not urgent|no panic|no drama|when you have a moment|when you get a chance|whenever|take your time"
        "|in your own time|no great hurry|nothing urgent|keine eile|nicht dringend|nicht eilig|no hay prisa"
        "|sin prisa|no es urgente|non c è fretta|con calma|senza fretta|geen haast|niet dringend|sem pressa"
        "|não é urgente"
    ),
    "resolved": (
        "c est réglé|est réglé|tout est réglé|réglé ce|résolu|finalement|retrouvé|rentré dans l ordre|plus la peine"
        "|plus besoin|ne cherchez plus|ne vous dérangez|c est bon|tout va bien|fausse alerte|sans objet|rétabli"
        "|remarche|refonctionne|réparé|a réparé|dépanné|est reparti|annule ma demande|laissez tomber|oubliez"
        "|est arrivé|c est fait|est passé|sorted|fixed|resolved|no longer|panic over|false alarm|all good|found it"
        "|back up|back to normal|works again|working again|disregard|never mind|stand down|hat sich erledigt"
        "|erledigt|wieder da|läuft wieder|resuelto|ya está|ya funciona|solucionado|risolto|tutto a posto|opgelost"
        "|weer|já está|tout est rentré|plus de peur|c est arrangé|s est arrangé|a été trouvé|tout fonctionne"
        "|tout va pour le mieux|sans gravité|clos|clôturé|pas besoin de rappeler|inutile de rappeler"
        "|ne vous inquiétez|all sorted|all fixed|came back|is back|has been fixed|was found|turned up|closed|gelöst"
        "|arreglado"
    ),
}

BROAD_WISHES: Final[dict[str, str]] = _ASKING | _URGENCY
