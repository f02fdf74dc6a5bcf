# escape=`
FROM php:8.2 `
  # a comment within
  AS one
FROM `

  cimg/php:`
8.3.1-browsers
RUN <<EOF cat && <<-"END"
FROM php:5.6
EOF
FROM php:5.5
	END
RUN echo $((1 <<2)) <<NOWHERE
RUN echo "a" | grep a <<EOT
FROM php:5.4
EOT
COPY <<robots.txt /srv/robots.txt
FROM php:5.3
robots.txt
ONBUILD COPY --from=busybox:1.36 /bin/sh /bin/sh
FROM {{ image }}:1.2
FROM PHP:8.1
FROM
FROM php:8.2@sha256:short
FROM php:7.4 AS
