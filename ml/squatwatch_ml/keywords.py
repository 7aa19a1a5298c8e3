"""Words that imitations put beside a brand: sign-in, money, parcels, support, places. Compiled by hand."""

from __future__ import annotations

ACCOUNT = """
account accounts acesso access activate activation alert alerts app apps appeal auth authenticate
cancel check client cliente clientes clients confirm confirmation connect conta control cuenta customer customers
dashboard email espace form gateway help helpcenter helpdesk home id identity info inicio inloggen
locked login logon mail manage manager member members mobile my myaccount notice notification online
page panel password perfil portal profile recover recovery reset restore review safe secure secured security
seguridad seguro service services servicio session sicher sicherheit signin signon soporte sso status support
suspended ticket unlock update updates upgrade user users validate validation verificacion verification verify
web webmail
"""

MONEY = """
bank banking bill billing bonus card cards cash claim claims coin coins credit crypto deposit dividend exchange
finance fund gift giftcard invest investment invoice loan market money pay payment payments payout points promo
purchase rebate receipt refund refunds reward rewards tax token trade trading transfer wallet
"""

SHOP = """
buy club coupon deal deals delivery discount fr free mall offer offers order orders outlet package parcel
post prime product products sale sales seller shipping shop shopping store track tracking vip warehouse world
"""

PLACES = """
ae america asia at au be br ca canada ch china cl cn co de deutschland dk es espana eu europe france global hk id
in india international it italia japan jp korea kr latam mx my nl no nz pe ph pl pt ru se sg spain th tr tw uk us usa vn
"""

OTHER = """
ai bot center centre chat cloud community confirmar contact desk digital direct domain download event express game
games go group hub job jobs live media meine meu mi mon net new news now official oficial plus pro site social
step studio team tech test tv video win work zone
"""

KEYWORDS = tuple(dict.fromkeys(f"{ACCOUNT} {MONEY} {SHOP} {PLACES} {OTHER}".split()))

# what looks like the end or the beginning of a host name when it stands in a label
LEVELS = ("com", "www", "net", "org", "info", "http", "https", "gov", "edu")
